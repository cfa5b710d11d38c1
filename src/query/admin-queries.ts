/** The questions about the store itself, which the console asks for admins. */
export type AdminQueries = object;

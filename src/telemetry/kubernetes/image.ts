/** `docker.io/library/redis:7.2@sha256:…` as `redis:7.2`: what people call an image. */
export function imageName(reference: string): string {
  // No reference to an image: what is left of it may be a secret that nobody can tell any more.
  if (reference.includes('://')) return reference;
  const [name = '', digest] = reference.split('@', 2);
  const short = name.slice(name.lastIndexOf('/') + 1);
  // Without a tag the digest is its version.
  return digest === undefined || short.includes(':') ? short : `${short}@${digest.slice(0, 19)}`;
}

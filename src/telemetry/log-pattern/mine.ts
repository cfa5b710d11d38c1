import { isValue, readShape, shapeText, wildcard } from './shape.ts';

/** Share of constant words that two bodies of one pattern have in common at least. */
const leastSimilarity = 0.5;
/** A word that has fewer different values tells patterns apart (`started`, `stopped`); more are data. */
const leastValues = 4;
/** Clusters of one form that a text is compared with; then it goes to the nearest, however far. */
const mostClusters = 100;

/** Texts of one pattern. */
export interface MinedPattern {
  /** Their common text, `<*>` for what varies. */
  readonly template: string;
  /** Indices of the texts. */
  readonly members: readonly number[];
}

interface Text {
  readonly index: number;
  readonly words: readonly string[];
}

interface Cluster {
  readonly template: string[];
  readonly texts: Text[];
}

/**
 * Patterns of masked texts: each text is in exactly one. Clustering is that of Drain (He et al., 2017): texts
 * with as many words are compared word by word with the template of each cluster, and join the most similar
 * one. Other than there, all that parts words has to be the same, too, instead of the first words; and as
 * in IPLoM (Makanju et al., 2009) a cluster is parted again where a word has only few values.
 *
 * The order of the texts counts: put the most frequent first. The same texts give the same patterns.
 */
export function minePatterns(texts: readonly string[]): MinedPattern[] {
  const forms = new Map<string, { readonly separators: readonly string[]; readonly clusters: Cluster[] }>();
  for (const [index, masked] of texts.entries()) {
    const { words, separators } = readShape(masked);
    const key = separators.join('\0');
    const form = forms.get(key) ?? { separators, clusters: [] };
    forms.set(key, form);
    addTo(form.clusters, { index, words });
  }
  const patterns = new Map<string, number[]>();
  for (const { separators, clusters } of forms.values()) {
    for (const part of clusters.flatMap(({ texts: members }) => parted(members))) {
      const template = shapeText({ words: templateOf(part), separators });
      patterns.set(template, [...(patterns.get(template) ?? []), ...part.map(({ index }) => index)]);
    }
  }
  return [...patterns].map(([template, members]) => ({ template, members }));
}

function addTo(clusters: Cluster[], text: Text): void {
  let best: Cluster | undefined;
  let most = -1;
  for (const cluster of clusters) {
    const alike = similarity(cluster.template, text.words);
    if (alike > most) {
      best = cluster;
      most = alike;
    }
  }
  if (best === undefined || (most < leastSimilarity && clusters.length < mostClusters)) {
    clusters.push({ template: [...text.words], texts: [text] });
    return;
  }
  best.texts.push(text);
  for (const [i, word] of text.words.entries()) if (best.template[i] !== word) best.template[i] = wildcard;
}

/** Of the words that are constant in the text: the share that the template has. 1 where all are values. */
function similarity(template: readonly string[], words: readonly string[]): number {
  let constant = 0;
  let equal = 0;
  for (const [i, word] of words.entries()) {
    if (isValue(word) && template[i] === word) continue;
    constant++;
    if (template[i] === word) equal++;
  }
  return constant === 0 ? 1 : equal / constant;
}

/** The texts, parted by each word that has few values, the one with the fewest first. */
function parted(texts: readonly Text[]): (readonly Text[])[] {
  const [first] = texts;
  if (first === undefined || texts.length === 1) return [texts];
  let place = -1;
  let fewest = leastValues;
  for (const i of first.words.keys()) {
    const values = new Set<string>();
    for (const { words } of texts) {
      values.add(words[i] ?? '');
      if (values.size >= fewest) break;
    }
    if (values.size > 1 && values.size < fewest) {
      place = i;
      fewest = values.size;
    }
  }
  if (place < 0) return [texts];
  const parts = new Map<string, Text[]>();
  for (const text of texts) {
    const value = text.words[place] ?? '';
    const part = parts.get(value);
    if (part === undefined) parts.set(value, [text]);
    else part.push(text);
  }
  return [...parts.values()].flatMap(parted);
}

function templateOf(texts: readonly Text[]): string[] {
  const template = [...(texts[0]?.words ?? [])];
  for (const { words } of texts) {
    for (const [i, word] of words.entries()) if (template[i] !== word) template[i] = wildcard;
  }
  return template;
}

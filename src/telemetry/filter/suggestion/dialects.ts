import { addString, contentOf, type MaskedText, stringPattern } from './masked-text.ts';

/** Stages of a pipe that do not choose records. */
const otherStages =
  /^(?:stats|head|tail|top|sort|order|limit|take|fields|display|table|project|extend|summarize|count|dedup|eval|parse|json|logfmt|pattern|regexp|unpack|unwrap|line_format|label_format|decolorize|logs?|traces?|spans?)\b/i;

/**
 * Takes the condition out of a query in another language, strings aside: SQL, LogQL, TraceQL, and the
 * pipes of Kusto, Splunk and CloudWatch. What is none of these stays as it is.
 */
export function conditionOfQuery(masked: MaskedText): string {
  const text = masked.text
    .replace(/--.*$/gm, ' ')
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/;[\s\S]*$/, ' ')
    .trim();
  const condition = text
    .replace(/^(?:select|from)\b[\s\S]*?\bwhere\b/i, '')
    .replace(
      /\s(?:order\s+by|group\s+by|sort\s+by|having|limit|facet|since|until|offset|timeseries)\b[\s\S]*$/i,
      '',
    )
    .trim();
  if (/^\{|^\|[=~]/.test(condition)) return conditionOfSelector(condition, masked.strings);
  const stages = condition.split(/(?<!\|)\|(?![|=~])/).map((stage) => stage.trim());
  const isPipe =
    stages.length > 1 &&
    stages.some((stage) => otherStages.test(stage) || /^(?:where|filter|search)\s/i.test(stage));
  if (!isPipe) return condition.replace(/^(?:filter|search|where)\s+(?=[\w@])/i, '');
  return stages
    .filter((stage) => stage !== '' && !otherStages.test(stage))
    .map((stage) => stage.replace(/^(?:where|filter|search)\s+/i, ''))
    .join(' AND ');
}

const lineFilter = new RegExp(`^\\s*(\\|=|\\|~|!=|!~)\\s*(${stringPattern})`);

/** `{namespace="payments"} |= "timeout" | json`, `{ resource.service.name = "checkout" && duration > 5s }` */
function conditionOfSelector(text: string, strings: string[]): string {
  const [selector = '', inside = ''] = /^\{([^{}]*)\}?/.exec(text) ?? [];
  const matchers = inside
    .replace(/(^|[\s(&|,])(?:resource\.|span\.|\.)(?=[a-z])/gi, '$1')
    .replaceAll(',', ' AND ');
  const parts = [matchers];
  let rest = text.slice(selector.length);
  while (rest.trim() !== '') {
    const [filter = '', operator = '', value = ''] = lineFilter.exec(rest) ?? [];
    const [stage = '', content = ''] = filter === '' ? (/^\s*\|?([^|]*)/.exec(rest) ?? []) : [];
    if (filter !== '') parts.push(lineCondition(operator, contentOf(value, strings), strings));
    else if (!otherStages.test(content.trim())) parts.push(content);
    const taken = filter.length || stage.length;
    if (taken === 0) break;
    rest = rest.slice(taken);
  }
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(' AND ');
}

function lineCondition(operator: string, content: string, strings: string[]): string {
  const part = () => addString(`%${content}%`, strings);
  switch (operator) {
    case '|=':
      return `body LIKE ${part()}`;
    case '!=':
      return `body NOT LIKE ${part()}`;
    case '|~':
      return `body =~ ${addString(content, strings)}`;
    default:
      return `body !~ ${addString(content, strings)}`;
  }
}

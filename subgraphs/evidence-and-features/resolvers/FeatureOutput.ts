import type { FieldResolver } from '../../kernel/read/index.js';
import type { OutputType } from '../domain/output-content.js';
import { toMarkdown } from '../domain/output-markdown.js';

const markdown: FieldResolver = (output) => toMarkdown(output['_output_type'] as OutputType, output['_content']);

export const FeatureOutput = { markdown };

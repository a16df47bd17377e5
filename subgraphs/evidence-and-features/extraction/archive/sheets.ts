/** Workbooks of Excel and its kin: the texts of each sheet, row by row. */
import { ExtractionError } from '../../domain/extracted-evidence.js';
import { readXml } from './xml.js';
import type { Unzipped } from './zip.js';

export interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly string[])[];
}

const mostRows = 50_000;
const mostColumns = 500;
const mostCells = 2_000_000;

export function readSheets({ entries }: Unzipped): Sheet[] {
  const workbook = entries.get('xl/workbook.xml');
  if (workbook === undefined) throw new ExtractionError('The file is no workbook: it has no xl/workbook.xml.');
  const targets = new Map<string, string>();
  const relations = entries.get('xl/_rels/workbook.xml.rels');
  if (relations !== undefined) {
    readXml(relations, {
      open: (name, { Id, Target }) => {
        if (name === 'Relationship' && Id !== undefined && Target !== undefined) targets.set(Id, Target);
      },
    });
  }
  const listed: { name: string; path: string }[] = [];
  readXml(workbook, {
    open: (element, attributes) => {
      if (element !== 'sheet' || attributes['state'] === 'veryHidden') return;
      const target = targets.get(attributes['r:id'] ?? '') ?? `worksheets/sheet${listed.length + 1}.xml`;
      const path = target.startsWith('/') ? target.slice(1) : `xl/${target}`;
      listed.push({ name: attributes['name'] ?? `Sheet ${listed.length + 1}`, path });
    },
  });
  const strings = readStrings(entries.get('xl/sharedStrings.xml'));
  return listed.flatMap(({ name, path }) => {
    const sheet = entries.get(path);
    return sheet === undefined ? [] : [{ name, rows: readRows(sheet, strings) }];
  });
}

function readStrings(bytes: Uint8Array | undefined): string[] {
  const strings: string[] = [];
  if (bytes === undefined) return strings;
  let text: string | null = null;
  let isText = false;
  let phonetic = 0;
  readXml(bytes, {
    open: (name) => {
      if (name === 'si') text = '';
      else if (name === 't') isText = true;
      else if (name === 'rPh') phonetic += 1;
    },
    text: (piece) => {
      if (isText && phonetic === 0 && text !== null) text += piece;
    },
    close: (name) => {
      if (name === 't') isText = false;
      else if (name === 'rPh') phonetic -= 1;
      else if (name === 'si') {
        strings.push(text ?? '');
        text = null;
      }
    },
  });
  return strings;
}

function readRows(bytes: Uint8Array, strings: readonly string[]): string[][] {
  const rows: string[][] = [];
  let [column, type, value, isValue, cells] = [0, '', '', false, 0];
  readXml(bytes, {
    open: (name, attributes) => {
      if (name === 'row') {
        if (rows.length >= mostRows) throw new ExtractionError(`The sheet has more than ${mostRows} rows.`);
        rows.push([]);
        column = 0;
      } else if (name === 'c') {
        column = attributes['r'] === undefined ? column : columnOf(attributes['r'], column);
        [type, value] = [attributes['t'] ?? '', ''];
      } else if (name === 'v' || name === 't') isValue = true;
    },
    text: (piece) => {
      if (isValue) value += piece;
    },
    close: (name) => {
      if (name === 'v' || name === 't') isValue = false;
      if (name !== 'c') return;
      const row = rows.at(-1);
      cells += 1;
      if (cells > mostCells) throw new ExtractionError(`The sheet has more than ${mostCells} cells.`);
      if (row !== undefined && column < mostColumns && value !== '') {
        while (row.length < column) row.push('');
        row[column] = type === 's' ? (strings[Number(value)] ?? '') : value;
      }
      column += 1;
    },
  });
  return rows;
}

/** `AB12` → 27. */
function columnOf(reference: string, fallback: number): number {
  const [letters] = /^[A-Z]{1,3}/.exec(reference) ?? [];
  if (letters === undefined) return fallback;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** Reads a live database's catalogue, the same from either engine. */
import type { Queryable, Statement } from '../database.js';
import {
  catalogueSchemas,
  type Catalogue,
  type CatalogueColumn,
  type CatalogueConstraint,
  type CatalogueIndex,
  type CatalogueTable,
  type CatalogueTrigger,
} from './catalogue.js';

export type { Catalogue } from './catalogue.js';

type OfTable<Part> = Part & { readonly relation: string };

function statement(name: string, body: string): Statement {
  return { name: `kernel.catalogue.${name}`, text: `/* kernel.catalogue.${name} */ ${body}` };
}

const tables = statement(
  'tables',
  `select n.nspname || '.' || c.relname as relation, n.nspname as schema, c.relname as name
   from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = any($1) and c.relkind in ('r', 'p') order by n.nspname, c.relname`,
);

const columns = statement(
  'columns',
  `select n.nspname || '.' || c.relname as relation, a.attname as name,
     replace(replace(format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', 'timestamptz'),
       'character varying', 'varchar') as type,
     a.attnotnull as "notNull", pg_get_expr(d.adbin, d.adrelid) as expression,
     case when a.attidentity <> '' then 'identity' when a.attgenerated <> '' then 'generated' else 'plain' end as kind
   from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
   left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where n.nspname = any($1) and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
   order by a.attname`,
);

/** Without not-null constraints: PostgreSQL 18 lists them here, older ones only at the column. */
const constraints = statement(
  'constraints',
  `select n.nspname || '.' || c.relname as relation, o.conname as name,
     case o.contype when 'p' then 'primary key' when 'u' then 'unique' when 'c' then 'check' when 'f' then 'foreign key'
       when 't' then 'trigger' else 'exclusion' end as kind,
     array(select a.attname::text from unnest(o.conkey) with ordinality k (attnum, n)
       join pg_attribute a on a.attrelid = o.conrelid and a.attnum = k.attnum order by k.n) as columns,
     pg_get_constraintdef(o.oid) as definition
   from pg_constraint o join pg_class c on c.oid = o.conrelid join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = any($1) and o.contype <> 'n' order by o.conname`,
);

const indexes = statement(
  'indexes',
  `select n.nspname || '.' || c.relname as relation, ic.relname as name, m.amname as method, i.indisunique as unique,
     array(select pg_get_indexdef(i.indexrelid, k, true) || case when i.indoption[k - 1] & 1 = 1 then ' desc' else '' end
       from generate_series(1, i.indnkeyatts) k) as columns,
     pg_get_expr(i.indpred, i.indrelid) as predicate
   from pg_index i join pg_class ic on ic.oid = i.indexrelid join pg_am m on m.oid = ic.relam
   join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = any($1) order by ic.relname`,
);

const triggers = statement(
  'triggers',
  `select n.nspname || '.' || c.relname as relation, t.tgname as name, pg_get_triggerdef(t.oid) as definition,
     case t.tgenabled when 'O' then 'origin' when 'A' then 'always' when 'R' then 'replica' else 'disabled' end as enabled
   from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
   where n.nspname = any($1) and not t.tgisinternal order by t.tgname`,
);

const enums = statement(
  'enums',
  `select n.nspname as schema, t.typname as name,
     array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder) as values
   from pg_type t join pg_namespace n on n.oid = t.typnamespace
   where n.nspname = any($1) and t.typtype = 'e' order by n.nspname, t.typname`,
);

const routines = statement(
  'routines',
  `select n.nspname as schema, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as signature,
     pg_get_functiondef(p.oid) as definition
   from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = any($1) order by 1, 2`,
);

export async function readCatalogue(db: Queryable): Promise<Catalogue> {
  const read = <Row extends object>(what: Statement): Promise<Row[]> => db.query<Row>(what, [catalogueSchemas]);
  const columnsOf = byRelation(await read<OfTable<CatalogueColumn>>(columns));
  const constraintsOf = byRelation(await read<OfTable<CatalogueConstraint>>(constraints));
  const indexesOf = byRelation(await read<OfTable<CatalogueIndex>>(indexes));
  const triggersOf = byRelation(await read<OfTable<CatalogueTrigger>>(triggers));
  const tableRows = await read<{ relation: string; schema: string; name: string }>(tables);
  return {
    tables: tableRows.map(({ relation, schema, name }): CatalogueTable => ({
      schema,
      name,
      columns: columnsOf.get(relation) ?? [],
      constraints: constraintsOf.get(relation) ?? [],
      indexes: indexesOf.get(relation) ?? [],
      triggers: triggersOf.get(relation) ?? [],
    })),
    enums: await read<Catalogue['enums'][number]>(enums),
    routines: await read<Catalogue['routines'][number]>(routines),
  };
}

function byRelation<Part extends object>(rows: readonly OfTable<Part>[]): Map<string, Part[]> {
  const parts = new Map<string, Part[]>();
  for (const { relation, ...part } of rows) {
    const of = parts.get(relation) ?? [];
    // The relation was only there to sort the rows by; what is left is the part.
    of.push(part as unknown as Part);
    parts.set(relation, of);
  }
  return parts;
}

/** What Relay's compiler writes for the operation of the clients' test: how the answer is read into its store, and out of it. */
import type { ConcreteRequest, NormalizationSelection, ReaderSelection } from 'relay-runtime';

const scalar = (name: string) => ({ alias: null, args: null, kind: 'ScalarField', name, storageKey: null }) as const;

const linked = <Selection>(name: string, type: string, plural: boolean, selections: readonly Selection[]) =>
  ({
    alias: null,
    args: null,
    concreteType: type,
    kind: 'LinkedField',
    name,
    plural,
    selections,
    storageKey: null,
  }) as const;

function productOf<Selection>(
  defer: (label: string, selections: readonly Selection[]) => Selection,
  as: (selection: object) => Selection,
): Selection {
  const author = linked('author', 'Person', false, [as(scalar('id')), as(scalar('name'))]);
  const reviews = linked('reviews', 'Review', true, [
    as(scalar('id')),
    defer('Product$defer$Author', [as(scalar('id')), as(author)]),
  ]);
  return as({
    ...linked('product', 'Product', false, [
      as(scalar('id')),
      as(scalar('name')),
      defer('Product$defer$Reviews', [as(scalar('id')), as(scalar('rating')), as(reviews)]),
    ]),
    args: [{ kind: 'Literal', name: 'id', value: 'p1' }],
    storageKey: 'product(id:"p1")',
  });
}

export function relayRequest(text: string): ConcreteRequest {
  const normalized = productOf<NormalizationSelection>(
    (label, selections) => ({ if: null, kind: 'Defer', label, selections }),
    (selection) => selection as NormalizationSelection,
  );
  const read = productOf<ReaderSelection>(
    (_label, selections) => ({ kind: 'Defer', selections }),
    (selection) => selection as ReaderSelection,
  );
  return {
    kind: 'Request',
    fragment: {
      argumentDefinitions: [],
      kind: 'Fragment',
      metadata: null,
      name: 'Product',
      selections: [read],
      type: 'Query',
    },
    operation: { argumentDefinitions: [], kind: 'Operation', name: 'Product', selections: [normalized] },
    params: { cacheID: 'product', id: null, metadata: {}, name: 'Product', operationKind: 'query', text },
  } as unknown as ConcreteRequest;
}

/** What a scan asks the graph. */

const coverage = `coverage {
  requirements { total covered deeplyCovered }
  userStories { total covered deeplyCovered }
  specifications { total covered deeplyCovered }
  evidence { total covered deeplyCovered }
}`;

export const coverageQuery = `query ScanCoverage($repository: String!) { repository(fullName: $repository) { id gitUrl ${coverage} } }`;

export const ingestMutation = `mutation ScanIngest($input: ScanIngestInput!) {
  scanIngest(input: $input) {
    unchanged
    scan { id createdCount changedCount removedCount unchangedCount artifactsFound { count } }
    repository { id ${coverage} }
    userErrors { code message }
  }
}`;

export const rejectionsQuery = `query ScanRejections($scan: ID!, $after: String) {
  scan(id: $scan) { rejections(first: 100, after: $after) {
    nodes { path line code reason severity }
    pageInfo { hasNextPage endCursor }
  } }
}`;

export const trustMutation = `mutation ScanTrust($input: TrustedKeyAddInput!) {
  trustedKeyAdd(input: $input) { userErrors { code message } }
}`;

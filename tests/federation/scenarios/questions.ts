/** Questions that need several domains, each asked in one request, with the whole answer. */
import type { SubgraphName } from '../../../schema/index.js';
import { ids, sha } from './world.js';

export interface Question {
  readonly name: string;
  readonly query: string;
  readonly data: Record<string, any>;
  /** In every shape. */
  readonly statements: number;
  /** What is null when a subgraph is down; a path goes through every item of a list, or through the one that it numbers. */
  readonly without: Partial<Record<SubgraphName, readonly string[]>>;
}

const open = 'filter: { status: { eq: OPEN } }';
const approval = (level: number) => ({ nodes: [{ requiredLevel: level }] });

export const questions: readonly Question[] = [
  {
    name: 'the state of a repository: coverage, latest audit, running builds, documents, and what waits for an approval',
    query: `{ repository(fullName: "Acme/API") {
      fullName
      coverage { requirements { total covered } }
      auditRuns(first: 1) { nodes { overallResult approvalRequests(${open}) { nodes { requiredLevel } } } }
      builds(filter: { status: { eq: RUNNING } }) { nodes { phase project { name } } }
      documents { nodes { filename approvalRequests(${open}) { nodes { requiredLevel } } } }
      approvalRequests(${open}) { nodes { requiredLevel } } } }`,
    data: {
      repository: {
        fullName: 'acme/api',
        coverage: { requirements: { total: 2, covered: 0 } },
        auditRuns: { nodes: [{ overallResult: 'FAIL', approvalRequests: approval(1) }] },
        builds: { nodes: [{ phase: 'Phase 2', project: { name: 'Dose portal' } }] },
        documents: { nodes: [{ filename: 'dosing.md', approvalRequests: approval(3) }] },
        approvalRequests: approval(5),
      },
    },
    statements: 7,
    without: {
      traceability: ['repository'],
      'audit-and-builds': ['repository.auditRuns', 'repository.builds'],
      'evidence-and-features': ['repository.documents'],
      workflow: [
        'repository.auditRuns.nodes.approvalRequests',
        'repository.documents.nodes.approvalRequests',
        'repository.approvalRequests',
      ],
    },
  },
  {
    name: 'everything that ran at a commit',
    query: `{ node(id: "${ids.commit.replace('acme', 'Acme')}") { id ... on Commit {
      sha repository { fullName } scans { nodes { status } } auditRuns { nodes { overallResult workItems { nodes { content } } } } } } }`,
    data: {
      node: {
        id: ids.commit,
        sha,
        repository: { fullName: 'acme/api' },
        scans: { nodes: [{ status: 'COMPLETED' }] },
        auditRuns: { nodes: [{ overallResult: 'FAIL', workItems: { nodes: [{ content: { step: 0 } }] } }] },
      },
    },
    statements: 5,
    without: {
      platform: ['node'],
      traceability: ['node.sha', 'node.repository', 'node.scans'],
      'audit-and-builds': ['node.auditRuns'],
      workflow: ['node.auditRuns.nodes.workItems'],
    },
  },
  {
    name: 'what is known around a requirement: what documents say, the features that rest on it, and its approvals',
    query: `{ requirement(id: "${ids.requirement}") {
      gxpId
      extractedEvidence { nodes { content document { filename repository { fullName gitUrl } } } }
      features { nodes { name workItems { nodes { content } } } }
      approvalRequests(${open}) { nodes { requiredLevel } } } }`,
    data: {
      requirement: {
        gxpId: 'REQ-001',
        extractedEvidence: {
          nodes: [
            {
              content: 'As REQ-001 says, the dose may not exceed 40 mg.',
              document: {
                filename: 'dosing.md',
                repository: { fullName: 'acme/api', gitUrl: 'https://git.example.com/acme/api.git' },
              },
            },
          ],
        },
        features: { nodes: [{ name: 'Dose limit', workItems: { nodes: [{ content: { step: 3 } }] } }] },
        approvalRequests: approval(6),
      },
    },
    statements: 6,
    without: {
      traceability: ['requirement'],
      'evidence-and-features': ['requirement.extractedEvidence', 'requirement.features'],
      workflow: ['requirement.features.nodes.workItems', 'requirement.approvalRequests'],
    },
  },
  {
    name: 'from an account by its GitHub login to its repositories and their requirements',
    query: `{ account(id: "${ids.account}") {
      wallet { creditBalance }
      user { displayLogin connectedRepositories { nodes { fullName requirements { nodes { gxpId } } } } } } }`,
    data: {
      account: {
        wallet: { creditBalance: 0 },
        user: {
          displayLogin: 'Jana-Novak',
          connectedRepositories: {
            nodes: [{ fullName: 'acme/api', requirements: { nodes: [{ gxpId: 'REQ-001' }, { gxpId: 'REQ-002' }] } }],
          },
        },
      },
    },
    statements: 3,
    without: {
      'scanning-and-wallets': ['account'],
      'audit-and-builds': ['account.user.displayLogin', 'account.user.connectedRepositories'],
      traceability: ['account.user.connectedRepositories.nodes.requirements'],
    },
  },
  {
    name: 'what each work item is about, in whichever domain',
    query: `{ workItems(orderBy: { field: CREATED_AT, direction: ASC }) { nodes { subject { __typename
      ... on AuditRun { overallResult } ... on Build { phase } ... on Document { filename } ... on Feature { name }
      ... on Repository { gitUrl } ... on Requirement { gxpId } ... on ScanJob { url } ... on Specification { title } } } } }`,
    data: {
      workItems: {
        nodes: [
          { __typename: 'AuditRun', overallResult: 'FAIL' },
          { __typename: 'Build', phase: 'Phase 2' },
          { __typename: 'Document', filename: 'dosing.md' },
          { __typename: 'Feature', name: 'Dose limit' },
          { __typename: 'Repository', gitUrl: 'https://git.example.com/acme/api.git' },
          { __typename: 'Requirement', gxpId: 'REQ-001' },
          { __typename: 'ScanJob', url: 'https://example.com/' },
          { __typename: 'Specification', title: 'Dose check' },
        ].map((subject) => ({ subject })),
      },
    },
    statements: 9,
    without: {
      workflow: ['workItems'],
      'audit-and-builds': ['workItems.nodes.0.subject.overallResult', 'workItems.nodes.1.subject'],
      'evidence-and-features': ['workItems.nodes.2.subject', 'workItems.nodes.3.subject'],
      traceability: ['workItems.nodes.4.subject.gitUrl', 'workItems.nodes.5.subject', 'workItems.nodes.7.subject'],
      'scanning-and-wallets': ['workItems.nodes.6.subject'],
    },
  },
  {
    name: 'anything by its id, and what was done to it',
    query: `{ nodes(ids: ${JSON.stringify(Object.values(ids))}) { id auditTrail { totalCount } } }`,
    data: { nodes: Object.values(ids).map((id) => ({ id, auditTrail: { totalCount: 0 } })) },
    statements: 15,
    without: { platform: ['nodes'] },
  },
];

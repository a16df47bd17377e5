/** What the operator decides about scanning: prices, limits, and where names are resolved. */

export interface ScanSettings {
  /** Credits for one scan; 0 is free. */
  readonly price: number;
  /** Scans that one account may request within a minute; 0 is no limit. */
  readonly requestsPerMinute: number;
  /** A job that is unfinished this long after its request times out. */
  readonly deadlineSeconds: number;
  /** How long a worker has a job to itself. */
  readonly leaseSeconds: number;
  /** Ports that a scanned URL may name. */
  readonly ports: readonly number[];
  /** `address:port` of the name servers; none is the machine's own. */
  readonly dnsServers: readonly string[];
  /** For one access: connecting, and everything that is received. */
  readonly accessTimeoutMs: number;
  /** Of a body, decompressed. */
  readonly maxBytes: number;
  readonly maxRedirects: number;
  /** Jobs that one worker process works on at a time. */
  readonly concurrency: number;
  /** How often a worker without work looks for some, unless it is woken. */
  readonly pollMs: number;
  /** Who scores a fetched page: the built-in rules, or an outside analyser through the API. */
  readonly analyser: 'rules' | 'outside';
}

export const defaultScanSettings: ScanSettings = {
  price: 1,
  requestsPerMinute: 120,
  deadlineSeconds: 600,
  leaseSeconds: 60,
  ports: [80, 443, 8080, 8443],
  dnsServers: [],
  accessTimeoutMs: 10_000,
  maxBytes: 2_000_000,
  maxRedirects: 5,
  concurrency: 4,
  pollMs: 1_000,
  analyser: 'rules',
};

/** A file of an evidence package, as its manifest lists it. */
export interface EvidenceFile {
  /** Inside the package. */
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
  /** Null when the manifest does not say. */
  readonly sizeBytes: number | null;
}

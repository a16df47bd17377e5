-- The bytes of documents, where WEFT_DOCUMENTS_URL says that they are kept here: in parts, so that no statement carries a whole
-- file. `path` is a document's file_path without its first part.
CREATE TABLE evidence.document_files (
  path       text PRIMARY KEY,
  size_bytes bigint NOT NULL CONSTRAINT document_files_size_bytes_check CHECK (size_bytes >= 0),
  stored_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE evidence.document_file_parts (
  path       text NOT NULL CONSTRAINT document_file_parts_path_fkey REFERENCES evidence.document_files (path) ON DELETE CASCADE,
  first_byte bigint NOT NULL CONSTRAINT document_file_parts_first_byte_check CHECK (first_byte >= 0),
  content    bytea NOT NULL CONSTRAINT document_file_parts_content_check CHECK (octet_length(content) > 0),
  PRIMARY KEY (path, first_byte)
);

-- Uploads are mostly compressed, or small.
ALTER TABLE evidence.document_file_parts ALTER COLUMN content SET STORAGE EXTERNAL;

DROP TABLE evidence.document_file_parts;
DROP TABLE evidence.document_files;

"""What an old system exported: files named by a mapping, in; rows in canonical columns, or why not, out."""

"""One module a section of the desk; a view makes one call and renders one template."""

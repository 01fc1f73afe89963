"""Moving in from an old system: read its export by a mapping, receive it, examine it."""

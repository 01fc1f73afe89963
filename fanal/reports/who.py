"""Who and where, as people read them: written once in SQL, of a customer `c` and of premises `p`."""

NAME = "concat_ws(' ', nullif(c.given_name, ''), c.name)"
ADDRESS = "concat_ws(', ', nullif(p.civic_number, ''), p.street, 'app. ' || nullif(p.unit, ''))"

"""Links: how Fanal reaches the outside world. They know only `values`; only doors use them."""

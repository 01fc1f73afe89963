"""Privacy: what the act on access and on personal information (RLRQ, c. A-2.1) asks. One file a subject."""

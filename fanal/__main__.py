"""`python -m fanal` is the command `fanal`."""

from fanal.doors.cli import main

raise SystemExit(main())

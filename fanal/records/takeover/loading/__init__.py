"""Load what an old system handed over: the rows that nothing holds back become records of every room, set by set."""

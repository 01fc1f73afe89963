"""Bills on paper: from the stored bill to its PDF, one at a time or a whole run."""

from fanal.doors.bills.printing import print_bill, print_bills, print_run

__all__ = ["print_bill", "print_bills", "print_run"]

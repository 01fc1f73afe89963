"""Bills on paper: from the stored bill to its PDF, one at a time or a whole run."""

from fanal.doors.bills.printing import picture_bill, print_bill, print_bills, print_run

__all__ = ["picture_bill", "print_bill", "print_bills", "print_run"]

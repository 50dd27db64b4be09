"""The checks of plain.py as check50 has them: a check for each row, each in a process of its own."""

import check50
import check50.py
import plain


def check_of(row, title, stem, check):
    """The check of one row."""

    def check_row():
        fraction, message = check(check50.py.import_(f"{stem}.py"))
        if fraction != 1:
            raise check50.Failure(message)

    check_row.__name__ = check_row.__qualname__ = f"row_{row.replace('.', '_')}"
    check_row.__doc__ = title
    return check50.check()(check_row)


for given in plain.ROWS:
    made = check_of(given[0], given[1], given[3], given[4])
    globals()[made.__name__] = made
del made  # check50 runs a check once for each name that it finds

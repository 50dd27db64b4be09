"""Many submissions: graded again, compared, overruled by people, reported.

Theory of operation
-------------------
    EXPORT --intake--> submissions --task, in processes--> findings --> store (OUT/findings.sqlite)
                                                                          |
                       rubric, overrides.csv, written.csv --totals--> gradebook --> grades.csv, report.html, code/ ...

What is graded once is kept as findings: what was found in a row, apart from points, visibility and credit rules. Each
is kept with a cache key, the digest of all that it depends on beside the rubric's points (`fingerprint`), and with the
parameters that its spec read. So three things are one: going on after a stop, grading again after a change of the
engine, and the answer to "what if the rubric were this?": take what stands, grade what does not, and add up anew.

This process alone writes the store and the folder. Processes that grade (`executors`) take bytes and give bytes
(`task`), on this machine or another one; each has a jail of its own, as on Gradescope. A submission that ends its
process is tried again alone, and given up after a few tries (`scheduler`). Everything shown follows from the store, and
is written anew at the end of each run, in one step per file.

Students' data: files are their owner's alone. Names come from the export and are shown, never used; the text of a
submission is run in a jail, and nowhere else.
"""

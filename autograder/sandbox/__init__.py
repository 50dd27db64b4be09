"""Runs student code in another process.

Theory of operation
-------------------
One rule does most of it: the process that runs student code never holds a secret and never decides anything. It gets
inputs and returns plain data; expected values, the reference, points and results.json are the grader's alone. The
grader never imports, evaluates or unpickles anything that a submission contains: it reads the Python files as text
(`autograder.core.submission`) and sends the text.

    grader           trusted. Starts the zygote before it opens anything of the homework (`jail.Jail`).
      zygote         a fresh interpreter with numpy loaded, and no secret: it never opens the assignment. Subreaper, not
                     dumpable. Forks a worker on request and ends it (`zygote`, `reaper`).
        worker       student code. One per question, which serves the rows that students see first, then stands still
                     until it is asked for the others (`grading.grader`); one that dies is replaced for the next row.

A worker, right after its fork and before it looks at a byte that a student wrote, confines itself (`confine.enter`):
its descriptors (nothing to read, a pipe to print into, its own socket; none is another worker's too), a user id that
nobody has (where we are root), no capability, resource limits, no new privileges, Landlock (`landlock`) and a filter
that allows system calls by a list (`system_call_table`, `system_calls`). Then it says "ready" with the layers that are
on; everything after that could be forged, and is taken as the student's answer.

    grader                                     worker
      | <- ready, layers -----------------------|
      | -- load: file name, texts ------------->|  compile and run the module
      | <- loaded | fault ----------------------|
      | -- call: function, argument sets ------>|
      | <- one reply per argument set ----------|
      | (to the zygote) let this worker rest -->|  SIGSTOP, until the next call
      | (to the zygote) end this worker         |  SIGKILL, reap, sweep its user id, prove that nothing is left

What crosses is plain data in frames with capped lengths (`wire`): no pickle, every value rebuilt by the grader from
bytes (`decoding`) at a cost that the size of the reply bounds, its text cleaned there and nowhere else, every malformed
frame a failed call. The grader keeps the time on its own clock, reading included, and drains what is printed.

A zygote that cannot start (without numpy, without memory) says why in place of that it is ready, and nothing is graded.

A probe worker (`probe`) tries what must be refused, and the record (`isolation`) says what was. Where hidden files can
be read or results written, nothing is graded unless somebody says `--unsafe`, and on Gradescope not even then.

Where there is no zygote (macOS, Windows) `portable_worker.py` starts a plain process per worker: a time-out and a
process group, and no isolation. That is enough for a student's own code on the student's own machine.
"""

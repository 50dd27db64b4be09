"""Runs student code in another process.

Theory of operation
-------------------
The grader never imports, evaluates or unpickles anything that a submission contains. It reads the submission's Python
files as text (`autograder.submission`) and starts one worker process per question and visibility (`process.py`). The
worker (`worker.py`) gets the text through a pipe, limits its own memory, compiles and runs the text, and then answers
requests: call a function with these argument sets, read a constant. What comes back is plain data in length-capped
frames (`wire.py`): no pickle, and every value is rebuilt by the grader from bytes. A frame is only "the student's
answer": the worker holds no expected value, decides nothing, and may write whatever it likes into the pipe.

    grader                                     worker (student's code)
      | -- load: file name, texts, limits -->    |  compile and run the module
      | <- ready -------------------------------|  (before any student byte is looked at)
      | <- loaded | fault ---------------------|
      | -- call: function, argument sets ------>  |
      | <- one reply per argument set ----------|
      | SIGKILL ------------------------------->  |  whatever it still does is not read

The grader keeps the time: a limit per call and one per row, on its own clock. What the worker prints is drained by a
thread and dropped past a cap. A worker that died, ran out of time or wrote nonsense is killed with its process group,
and the next row gets a new one.

What this room does not promise yet: the worker has the rights of whoever runs the grader, so it can read files and open
connections. Hidden files, network and processes are for the jail, which takes this room.
"""

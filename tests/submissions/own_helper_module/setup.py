raise SystemExit("this file must never run")

"""«Hvor kan jeg få hjelp?»: open to anyone, without log-in, cookie or trace of who asked."""

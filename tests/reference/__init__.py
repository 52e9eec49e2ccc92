"""Who may see what, said a second time: written from the law and the description, without a look at the program."""

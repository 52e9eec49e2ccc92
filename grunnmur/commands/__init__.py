"""The commands that decide what database Django gets; every other one is Django's kind, in its app's `management`."""

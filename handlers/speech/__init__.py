"""How news tells who said something: the words, phrases and names around it, in the sentences of one text."""

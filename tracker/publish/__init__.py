"""The public site as plain files: which address becomes which file, what each page then says, and a safe folder."""

"""The pages, files, feeds and pictures that everybody may read; an import contract keeps the models out."""

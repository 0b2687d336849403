"""Pure knowledge: names, folders, extras, layouts, collisions. Values in, records out; nothing here touches the world."""

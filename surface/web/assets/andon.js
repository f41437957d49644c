// What pages do beyond what the server draws: stay live, send forms, be driven
// by keyboard and pointer. State that lives only here is put back after a
// refresh, for the server does not know it.
import { live } from "./live.js";
import { forms } from "./forms.js";
import { keys } from "./keys.js";
import { select } from "./select.js";
import { floor } from "./floor.js";
import { filter } from "./filter.js";
import { palette } from "./find.js";
import { walk } from "./walk.js";
import { logs } from "./logs.js";
import { theme } from "./themes.js";

for (const part of [theme, forms, live, keys, select, floor, filter, palette, walk, logs]) part();

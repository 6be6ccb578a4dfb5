/*
 * What the parts that come later share with what comes first. They all import it, so that the build puts
 * it into one file: one for each combination of parts would be a request each.
 */
import "react-dom";
import "../agents/filter.ts";
import "../agents/groups.ts";
import "../data/feed.ts";
import "../data/live.ts";
import "../data/route.ts";
import "../text/format.ts";
import "../ui/search.tsx";

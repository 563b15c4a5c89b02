/** Profilers by name; users register their own. */

/** A list of profilers that is a value, not a global. */
export class ProfilerRegistry {}

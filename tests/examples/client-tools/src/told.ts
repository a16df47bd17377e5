/** `true` for a type that says something: never for any, unknown and never. */
export type Told<T> = 0 extends 1 & T ? never : [T] extends [never] ? never : unknown extends T ? never : true;

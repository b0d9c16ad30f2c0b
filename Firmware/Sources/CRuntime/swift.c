// SPDX-License-Identifier: MIT

// Names that Swift's compiler calls and Swift cannot define.

/// The heap's, in Runtime.
void heap_free(void *memory);

void free(void *memory) { heap_free(memory); }

// With -assume-single-threaded these stand for the ones without "nonatomic"; the embedded standard library has only those.

void *swift_retain(void *object);
void *swift_retain_n(void *object, unsigned count);
void swift_release(void *object);
void swift_release_n(void *object, unsigned count);

void *swift_nonatomic_retain(void *object) { return swift_retain(object); }
void *swift_nonatomic_retain_n(void *object, unsigned count) { return swift_retain_n(object, count); }
void swift_nonatomic_release(void *object) { swift_release(object); }
void swift_nonatomic_release_n(void *object, unsigned count) { swift_release_n(object, count); }

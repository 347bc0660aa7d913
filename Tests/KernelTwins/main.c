// The list as a program, for machines other than the one it is built on: see run-neon. Not part of the Swift package.
#include <stdio.h>

#include "KernelTwins.h"

static void print(const char *text, void *context) {
    ++*(int *)context;
    puts(text);
}

int main(int count, char **arguments) {
    int failures = 0;
    const int cases = count == 2 ? twins_compare(arguments[1], print, &failures) : 0;
    printf("%d cases, %d failures\n", cases, failures);
    return cases == 0 || failures > 0;
}

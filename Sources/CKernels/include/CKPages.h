// Memory that a process holds only because it has started.
#ifndef CK_PAGES_H
#define CK_PAGES_H

/// Gives the system back freed memory of the heap, and takes the program's and its libraries' unwritten pages (code, symbols,
/// constants) out of the process. Those lie in the system's cache and come back one by one where they are used again: most
/// were needed only to link and to start. The segments that relocation writes to are left alone.
void ck_give_back_pages(void);

#endif

// CEditline: all of libedit, as installed. Only CLineEditor includes it: what is variadic cannot be called from Swift.
#include <histedit.h>

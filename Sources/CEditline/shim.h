// All of libedit, as installed. Only CLineEditor's C includes it: the variadic parts cannot be called from Swift.
#include <histedit.h>

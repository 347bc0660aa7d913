#include <hdf5.h>

// Swift cannot see these: HDF5 defines them as macros that open the library and read a mutable global.
static inline hid_t glenoid_h5_native_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t glenoid_h5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t glenoid_h5_c_string(void) { return H5T_C_S1; }
static inline unsigned glenoid_h5_read_only(void) { return H5F_ACC_RDONLY; }
static inline hid_t glenoid_h5_default(void) { return H5P_DEFAULT; }

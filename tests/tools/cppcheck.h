/* Macros of libraries, for cppcheck, which does not read their headers. */
#define json_array_foreach(array, index, value) for ((index) = 0; ((value) = json_array_get(array, index)); (index)++)
#define json_object_foreach(object, key, value) for ((key) = NULL; ((value) = json_object_get(object, key));)

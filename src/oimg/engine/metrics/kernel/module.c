/* The Python module oimg.engine.metrics._kernel: checks what it is given, then works without the GIL.

   It uses the limited API of Python 3.11, so one binary serves every later version, and takes arrays through the
   buffer protocol, so it needs no headers of numpy. There is no state beside constants. */

#define PY_SSIZE_T_CLEAN
#ifndef Py_LIMITED_API
#define Py_LIMITED_API 0x030B0000
#endif
#include <Python.h>
#include <string.h>

#include "formula.h"
#include "scan.h"

/* Get an array's memory or set ValueError; TypeError stays where an object is no array at all. 0 is an error. */
static int open_buffer(PyObject *object, Py_buffer *view, int flags, const char *name)
{
    if (PyObject_GetBuffer(object, view, flags) == 0) {
        return 1;
    }
    /* numpy raises the one or the other. */
    if (PyErr_ExceptionMatches(PyExc_BufferError) || PyErr_ExceptionMatches(PyExc_ValueError)) {
        PyErr_Clear();
        PyErr_Format(PyExc_ValueError, "%s: not contiguous, or read-only", name);
    }
    return 0;
}

/* Get `count` contiguous values of a native type as an array of any shape, or set an exception. 0 is an error. */
static int open_values(
    PyObject *object, Py_buffer *view, const char *type, int64_t count, int writable, const char *name
)
{
    const int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0);
    if (!open_buffer(object, view, flags, name)) {
        return 0;
    }
    if (!view->format || strcmp(view->format, type) != 0 || view->len / view->itemsize != count) {
        PyErr_Format(PyExc_ValueError, "%s: not %lld values of type %s", name, (long long)count, type);
        PyBuffer_Release(view);
        return 0;
    }
    return 1;
}

static int fits(const Py_buffer *view)
{
    return view->ndim == 3 && view->itemsize == 1 && (!view->format || strcmp(view->format, "B") == 0)
        && view->shape[0] >= SMALLEST_SIDE && view->shape[0] <= LONGEST_SIDE && view->shape[1] >= SMALLEST_SIDE
        && view->shape[1] <= LONGEST_SIDE && view->shape[2] >= 1 && view->shape[2] <= 4
        && (int64_t)view->shape[0] * (int64_t)view->shape[1] <= MOST_PIXELS;
}

/* A picture with the two buffers that it points into. */
struct opened {
    Py_buffer pixels, light;
    struct picture picture;
};

/* Open pixels of shape (h, w, 1 to 4), uint8 with any strides, with the light of their bytes. 0 is an error. */
static int open_picture(PyObject *pixels, PyObject *light, struct opened *opened, const char *name)
{
    struct picture *picture = &opened->picture;
    const Py_buffer *view = &opened->pixels;
    if (!open_buffer(pixels, &opened->pixels, PyBUF_STRIDED_RO | PyBUF_FORMAT, name)) {
        return 0;
    }
    if (!fits(view)) {
        PyErr_Format(PyExc_ValueError, "%s: not 8-bit pixels of shape (h, w, 1 to 4) with sides from 8", name);
        PyBuffer_Release(&opened->pixels);
        return 0;
    }
    if (!open_values(light, &opened->light, "f", view->shape[2] % 2 ? 256 : 65536, 0, "light")) {
        PyBuffer_Release(&opened->pixels);
        return 0;
    }
    picture->samples = view->buf;
    picture->height = view->shape[0];
    picture->width = view->shape[1];
    picture->channels = view->shape[2];
    picture->row_stride = view->strides[0];
    picture->column_stride = view->strides[1];
    picture->channel_stride = view->strides[2];
    picture->light = opened->light.buf;
    return 1;
}

static void close_picture(struct opened *opened)
{
    PyBuffer_Release(&opened->light);
    PyBuffer_Release(&opened->pixels);
}

static int open_size(PyObject *arguments, struct scales *scales)
{
    Py_ssize_t height, width;
    if (!PyArg_ParseTuple(arguments, "nn", &height, &width)) {
        return 0;
    }
    if (height < SMALLEST_SIDE || width < SMALLEST_SIDE || height > LONGEST_SIDE || width > LONGEST_SIDE
        || (int64_t)height * (int64_t)width > MOST_PIXELS) {
        PyErr_SetString(PyExc_ValueError, "sides below 8, or too many pixels");
        return 0;
    }
    *scales = scales_of(height, width);
    return 1;
}

static PyObject *kernel_plane_floats(PyObject *module, PyObject *arguments)
{
    struct scales scales;
    (void)module;
    return open_size(arguments, &scales) ? PyLong_FromLongLong(plane_floats(&scales)) : NULL;
}

static PyObject *kernel_cell_floats(PyObject *module, PyObject *arguments)
{
    struct scales scales;
    (void)module;
    return open_size(arguments, &scales) ? PyLong_FromLongLong(cell_floats(&scales)) : NULL;
}

static PyObject *kernel_prepare(PyObject *module, PyObject *arguments)
{
    PyObject *pixels, *light, *target;
    struct opened original;
    Py_buffer planes;
    int done = 0;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "OOO", &pixels, &light, &target)
        || !open_picture(pixels, light, &original, "original")) {
        return NULL;
    }
    const struct scales scales = scales_of(original.picture.height, original.picture.width);
    if (open_values(target, &planes, "f", plane_floats(&scales), 1, "planes")) {
        Py_BEGIN_ALLOW_THREADS
        done = prepare_planes(&original.picture, planes.buf);
        Py_END_ALLOW_THREADS
        PyBuffer_Release(&planes);
        if (!done) {
            PyErr_NoMemory();
        }
    }
    close_picture(&original);
    return done ? Py_NewRef(Py_None) : NULL;
}

/* Fill sums, and cells if they are wanted, once the original and the candidate are open. 0 is an error. */
static int compare_into(struct comparison *wanted, PyObject *sums, PyObject *cells)
{
    const struct scales scales = scales_of(wanted->candidate->height, wanted->candidate->width);
    Py_buffer totals, maps;
    int done = 0;
    if (!open_values(sums, &totals, "d", SUMS, 1, "sums")) {
        return 0;
    }
    if (cells == Py_None || open_values(cells, &maps, "f", cell_floats(&scales), 1, "cells")) {
        wanted->totals = totals.buf;
        wanted->cells = cells == Py_None ? NULL : maps.buf;
        Py_BEGIN_ALLOW_THREADS
        done = compare_pictures(wanted);
        Py_END_ALLOW_THREADS
        if (cells != Py_None) {
            PyBuffer_Release(&maps);
        }
        if (!done) {
            PyErr_NoMemory();
        }
    }
    PyBuffer_Release(&totals);
    return done;
}

static PyObject *kernel_compare(PyObject *module, PyObject *arguments)
{
    PyObject *kept, *pixels, *light, *sums, *cells;
    struct comparison wanted = {NULL, NULL, NULL, NULL, NULL};
    struct opened candidate;
    Py_buffer planes;
    int done = 0;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "OOOOO", &kept, &pixels, &light, &sums, &cells)
        || !open_picture(pixels, light, &candidate, "candidate")) {
        return NULL;
    }
    const struct scales scales = scales_of(candidate.picture.height, candidate.picture.width);
    if (open_values(kept, &planes, "f", plane_floats(&scales), 0, "planes")) {
        wanted.candidate = &candidate.picture;
        wanted.planes = planes.buf;
        done = compare_into(&wanted, sums, cells);
        PyBuffer_Release(&planes);
    }
    close_picture(&candidate);
    return done ? Py_NewRef(Py_None) : NULL;
}

static PyObject *kernel_compare_pixels(PyObject *module, PyObject *arguments)
{
    PyObject *pixels[2], *light[2], *sums, *cells;
    struct comparison wanted = {NULL, NULL, NULL, NULL, NULL};
    struct opened original, candidate;
    int done = 0;
    (void)module;
    if (!PyArg_ParseTuple(arguments, "OOOOOO", &pixels[0], &light[0], &pixels[1], &light[1], &sums, &cells)
        || !open_picture(pixels[0], light[0], &original, "original")) {
        return NULL;
    }
    if (open_picture(pixels[1], light[1], &candidate, "candidate")) {
        if (original.picture.height == candidate.picture.height && original.picture.width == candidate.picture.width) {
            wanted.original = &original.picture;
            wanted.candidate = &candidate.picture;
            done = compare_into(&wanted, sums, cells);
        } else {
            PyErr_SetString(PyExc_ValueError, "sizes differ");
        }
        close_picture(&candidate);
    }
    close_picture(&original);
    return done ? Py_NewRef(Py_None) : NULL;
}

/* The numbers of formula.h as a tuple of tuples, for Python to compare with its own. */
static PyObject *formula(void)
{
    PyObject *wanted = PyTuple_New(SCALES * CHANNELS);
    for (int scale = 0; wanted && scale < SCALES; scale++) {
        for (int channel = 0; channel < CHANNELS; channel++) {
            PyTuple_SetItem(wanted, scale * CHANNELS + channel, PyLong_FromUnsignedLong(WANTED[scale][channel]));
        }
    }
    if (!wanted || PyErr_Occurred()) {
        Py_XDECREF(wanted);
        return NULL;
    }
    return Py_BuildValue(
        "(N(fffffffff)(fff)(fff)(fffff)f)", wanted, OPSIN[0][0], OPSIN[0][1], OPSIN[0][2], OPSIN[1][0], OPSIN[1][1],
        OPSIN[1][2], OPSIN[2][0], OPSIN[2][1], OPSIN[2][2], OPSIN_BIAS, OPSIN_BIAS_ROOT, X_GAIN, OFFSETS[0], OFFSETS[1],
        OFFSETS[2], TAPS[0], TAPS[1], TAPS[2], TAPS[3], TAPS[4], STABILIZER
    );
}

static int fill_module(PyObject *module)
{
    PyObject *numbers = formula();
    const int result = numbers ? PyModule_AddObjectRef(module, "FORMULA", numbers) : -1;
    Py_XDECREF(numbers);
    return result;
}

static PyMethodDef FUNCTIONS[] = {
    {"plane_floats", kernel_plane_floats, METH_VARARGS,
     "plane_floats(height, width): how many floats `prepare` fills for a picture of this size."},
    {"cell_floats", kernel_cell_floats, METH_VARARGS,
     "cell_floats(height, width): how many floats the maps of cells take for a picture of this size."},
    {"prepare", kernel_prepare, METH_VARARGS,
     "prepare(pixels, light, planes): fill float32 `planes`, which must hold zeros, with the XYB of an original."},
    {"compare", kernel_compare, METH_VARARGS,
     "compare(planes, pixels, light, sums, cells): fill float64 `sums`, and float32 `cells` unless it is None."},
    {"compare_pixels", kernel_compare_pixels, METH_VARARGS,
     "compare_pixels(original, its_light, pixels, light, sums, cells): as `compare`, without planes."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot SLOTS[] = {{Py_mod_exec, (void *)fill_module}, {0, NULL}};

static struct PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT,
    "oimg.engine.metrics._kernel",
    "The error sums of SSIMULACRA2, fast. Every argument is checked; ValueError says which one does not fit.",
    0,
    FUNCTIONS,
    SLOTS,
    NULL,
    NULL,
    NULL,
};

PyMODINIT_FUNC PyInit__kernel(void)
{
    return PyModuleDef_Init(&MODULE);
}

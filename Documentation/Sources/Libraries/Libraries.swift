// SPDX-License-Identifier: MIT

// There is no code here: Libraries.docc has the page that leads to those of the libraries.

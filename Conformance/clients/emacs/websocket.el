;;; websocket.el --- Emacs' websocket package  -*- lexical-binding: t -*-
;; SPDX-License-Identifier: MIT
;; With what every client program does: see python/scenario.py.

(require 'websocket)

(defvar kind (nth 0 command-line-args-left))
(defvar url (nth 1 command-line-args-left))
(defvar fields (seq-filter (lambda (field) (not (member (cdr field) '(nil ""))))
                           (list (cons 'Origin (nth 2 command-line-args-left))
                                 (cons 'Authorization (nth 3 command-line-args-left)))))
(setq command-line-args-left nil)
(defvar sizes (and (string-prefix-p "echo=" kind) (mapcar #'string-to-number (split-string (substring kind 5) ","))))
(defvar place 0 "The step of the sizes, or the number of messages.")
(defvar is-open nil)
(defvar is-over nil)

(defun say (&rest words)
  ;; Without a terminal, `princ' would keep it until the end.
  (send-string-to-terminal (concat (string-join (split-string (string-join words " ")) " ") "\n")))

(defun sample ()
  "The message of a step: text and bytes of each size in turn."
  (let ((size (nth (/ place 2) sizes)))
    (substring (apply #'concat (make-list (1+ (/ size 26)) "abcdefghijklmnopqrstuvwxyz")) 0 size)))

(defun kind-of-sample () (if (= 0 (% place 2)) 'text 'binary))

(defun send-sample (socket)
  (websocket-send socket (make-websocket-frame :opcode (kind-of-sample) :payload (sample) :completep t)))

(defun on-message (socket frame)
  (cond
   (sizes
    (say (if (and (eq (websocket-frame-opcode frame) (kind-of-sample))
                  (string= (websocket-frame-payload frame) (sample)))
             "echoed" "garbled")
         (symbol-name (kind-of-sample)) (number-to-string (length (sample))))
    (setq place (1+ place))
    (if (< place (* 2 (length sizes))) (send-sample socket) (websocket-close socket)))
   (t
    (say "text" (websocket-frame-text frame))
    (setq place (1+ place))
    (when (string= kind "toggle")
      (if (= place 2) (websocket-close socket) (websocket-send-text socket "toggle"))))))

(condition-case problem
    (websocket-open
     url
     :custom-header-alist fields
     :on-open (lambda (socket) (setq is-open t) (say "open") (when sizes (send-sample socket)))
     :on-message #'on-message
     :on-error (lambda (_socket type problem) 
                 (unless is-open  ; after which it goes on as if it were open
                   (say "refused" (format "%s: %s" type problem))
                   (kill-emacs 0)))
     :on-close (lambda (_socket) (when is-open (say "closed" "-")) (setq is-over t)))
  (error (say "refused" (error-message-string problem)) (setq is-over t)))
(while (not is-over) (accept-process-output nil 0.1))
